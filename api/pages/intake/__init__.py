"""Pages of first words: 受付."""
