"""How llm-ls proves to a vendor whom it works for."""
