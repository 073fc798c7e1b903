"""Teams: what comes in, who it is from, and how answers look there."""
