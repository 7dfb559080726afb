"""The networks that tell species apart."""
