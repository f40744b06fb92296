"""The wires of the vendors: requests out, bytes in, `StreamEvent`s up."""
