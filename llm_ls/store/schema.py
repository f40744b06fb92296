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
    (
        """
        CREATE TABLE conversations (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            workspace TEXT NOT NULL,
            model TEXT NOT NULL DEFAULT '',
            created_at REAL NOT NULL,
            updated_at REAL NOT NULL,
            head TEXT NOT NULL DEFAULT ''
        )
        """,
        "CREATE INDEX conversations_of_workspace ON conversations (workspace, updated_at)",
        "CREATE INDEX conversations_updated ON conversations (updated_at)",
        # A parent is no foreign key: to cascade along a chain, SQLite recurses, and not deeper than 1000.
        """
        CREATE TABLE turns (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
            parent TEXT NOT NULL,
            depth INTEGER NOT NULL,
            role TEXT NOT NULL,
            at REAL NOT NULL,
            model TEXT NOT NULL DEFAULT '',
            stop_reason TEXT,
            whole INTEGER NOT NULL DEFAULT 1,
            input_tokens INTEGER NOT NULL DEFAULT 0,
            output_tokens INTEGER NOT NULL DEFAULT 0,
            cache_read_tokens INTEGER,
            cache_write_tokens INTEGER,
            reasoning_tokens INTEGER,
            cost_usd REAL
        )
        """,
        "CREATE INDEX turns_of_conversation ON turns (conversation, parent)",
        # Those without a message have come of one that is not whole, and are replaced by it.
        """
        CREATE TABLE parts (
            number INTEGER PRIMARY KEY,
            turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE,
            message INTEGER,
            role TEXT NOT NULL,
            kind TEXT NOT NULL,
            data TEXT NOT NULL,
            text TEXT NOT NULL
        )
        """,
        "CREATE INDEX parts_of_turn ON parts (turn, message)",
        """
        CREATE TABLE consents (
            workspace TEXT NOT NULL,
            scope TEXT NOT NULL,
            at REAL NOT NULL,
            PRIMARY KEY (workspace, scope)
        ) WITHOUT ROWID
        """,
    ),
)
