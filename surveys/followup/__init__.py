"""What comes after the seal: remarks and the public bulletin."""
