"""The task API of GPT-SoVITS services: stages of making a voice on plain folders, and the messages about them."""
