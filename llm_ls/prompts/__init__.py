"""What is asked of a model: texts in, a `ModelRequest` out."""
