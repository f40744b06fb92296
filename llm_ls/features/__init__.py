"""What the user sees, in editor words: functions over values that have never heard of LSP."""
