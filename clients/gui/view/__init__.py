"""The window itself, made of Flet's controls."""
