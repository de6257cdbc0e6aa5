"""The desktop window, made with Flet; also a page in the browser of this machine."""
