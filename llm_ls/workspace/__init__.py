"""What is on disk of the user's project, and what of it a model may never see."""
