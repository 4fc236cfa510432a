"""What Jatify is: its nouns, its verbs, and the ports through which it meets the world."""
