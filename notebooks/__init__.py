"""What the product computes, shown step by step on the sample city."""
