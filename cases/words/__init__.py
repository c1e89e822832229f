"""The Japanese words about cases, made from codes and dated templates."""
