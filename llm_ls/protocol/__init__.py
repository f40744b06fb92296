"""The editor's wire: LSP over JSON-RPC, and nothing of what is said on it."""
