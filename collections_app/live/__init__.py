"""Live prices: a socket tells what changes of chosen printings, sets or whole collections (docs/live.md)."""
