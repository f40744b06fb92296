"""What llm-ls keeps on disk: conversations, the ledger of requests, what the user has allowed, and allowances."""
