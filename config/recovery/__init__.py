"""The site put away in a folder, and brought back from it (docs/runbook.md)."""
