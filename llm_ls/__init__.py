"""llm-ls: a language server that brings LLMs to any editor."""

__version__ = "0.1.0"
