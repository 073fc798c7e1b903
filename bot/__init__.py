"""What should happen with a question: decides, and names no platform, database or web framework."""
