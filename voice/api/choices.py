"""The route that tells a client what it may ask for: /api/choices."""

from typing import Any

from fastapi import APIRouter

from voice.company import Company
from voice.parts import Parts

LANGUAGES = ("zh", "en", "ja", "ko", "yue", "auto")


def choices_routes(company: Company, parts: Parts) -> APIRouter:
    """The names that /api/chat takes as character, voice, language and llm.model."""
    router = APIRouter(tags=["chat"])

    @router.get("/api/choices")
    async def choices() -> dict[str, Any]:
        """What may be chosen; an empty list means that there is no choice."""
        replier = parts.answering.engine if parts.answering.state == "ready" else None
        models = await replier.models() if replier else []
        cast = await company.everybody()
        return {
            "characters": [{"name": name, "about": other.about} for name, other in cast.others.items()],
            "voices": cast.voice_names(),
            "languages": LANGUAGES,
            "llm": {"model": models[0] if models else "", "models": models},
        }

    return router
