"""A conversation in Python: the history lives here, the answer arrives piece by piece.

python talk.py "What do you say?" [http://SERVER:8001] [TOKEN]; needs httpx.
"""

import base64
import json
import sys

import httpx


def answer(server: httpx.Client, history: list[dict[str, str]]) -> tuple[str, list[bytes]]:
    """The whole reply, and the WAV file of each piece; the pieces are printed as they come."""
    pieces = []
    with server.stream("POST", "/api/chat", json={"msg": history}) as response:
        if response.is_error:
            raise SystemExit(f"{response.status_code}: {detail_of(response.read())}")
        for line in response.iter_lines():
            if not line.startswith("data:"):
                continue  # an empty line ends a frame, or says that the server is still there
            frame = json.loads(line[5:])
            if frame["done"]:
                if problem := frame.get("error"):
                    print("!", problem["message"])
                return frame["message"], pieces
            print(frame["message"])
            if frame["file"] != "None":
                pieces.append(base64.urlsafe_b64decode(frame["file"]))
    return "", pieces


def detail_of(refusal: bytes) -> str:
    """The server's sentence; whatever there is where somebody else refused, a proxy say."""
    try:
        return json.loads(refusal)["detail"]
    except (ValueError, KeyError, TypeError):
        return refusal[:200].decode(errors="replace")


def main() -> None:
    question, address, token = (*sys.argv[1:], *["", "", ""][len(sys.argv) - 1 :])[:3]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    # A model may think for a minute; the server sends an empty line every 15 s meanwhile.
    with httpx.Client(base_url=address or "http://127.0.0.1:8001", headers=headers, timeout=60) as server:
        history = [
            {"role": "system", "content": 'Put everything that you say aloud in "double quotes".'},
            {"role": "user", "content": question},
        ]
        try:
            reply, pieces = answer(server, history)
        except httpx.HTTPError as error:
            raise SystemExit(f"{server.base_url} does not answer: {error}") from None
        history.append({"role": "assistant", "content": reply})
    for number, wav in enumerate(pieces, 1):
        with open(f"piece{number}.wav", "wb") as file:
            file.write(wav)


if __name__ == "__main__":
    main()
