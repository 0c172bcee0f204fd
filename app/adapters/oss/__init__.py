"""The line to the national OSS: its port, and how we write to it and read what it says."""
