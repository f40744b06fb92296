"""One module per LSP method family: convert in, ask one feature, convert out."""
