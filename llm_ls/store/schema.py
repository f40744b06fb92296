"""The tables, as the steps that lead to them; a step that has been released is never changed, only followed by more.

A file counts the steps that it has taken in `user_version`.
"""

Step = tuple[str, ...]
"""Statements that are carried out together, or not at all."""

STEPS: tuple[Step, ...] = (
    (
        """
        CREATE TABLE requests (
            id INTEGER PRIMARY KEY,
            at REAL NOT NULL,
            model TEXT NOT NULL,
            purpose TEXT NOT NULL,
            conversation TEXT NOT NULL,
            outcome TEXT NOT NULL DEFAULT 'running',
            seconds REAL,
            first_event_s REAL,
            input_tokens INTEGER NOT NULL DEFAULT 0,
            output_tokens INTEGER NOT NULL DEFAULT 0,
            cache_read_tokens INTEGER,
            cache_write_tokens INTEGER,
            reasoning_tokens INTEGER,
            estimated INTEGER NOT NULL DEFAULT 0,
            cost_usd REAL
        )
        """,
        "CREATE INDEX requests_at ON requests (at, cost_usd)",
        """
        CREATE TABLE allowances (
            provider TEXT NOT NULL,
            measure TEXT NOT NULL,
            per_minute INTEGER NOT NULL,
            available REAL NOT NULL,
            at REAL NOT NULL,
            PRIMARY KEY (provider, measure, per_minute)
        ) WITHOUT ROWID
        """,
    ),
    (
        """
        CREATE TABLE suggestions (
            id INTEGER PRIMARY KEY,
            at REAL NOT NULL,
            model TEXT NOT NULL,
            fate TEXT NOT NULL DEFAULT 'offered',
            shown INTEGER NOT NULL DEFAULT 0,
            accepted_characters INTEGER NOT NULL DEFAULT 0
        )
        """,
        "CREATE INDEX suggestions_at ON suggestions (at)",
    ),
)
