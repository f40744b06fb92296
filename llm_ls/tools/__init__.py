"""What a model may do, besides answering: each tool, what it needs, and how its call reads to the user."""
