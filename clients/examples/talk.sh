#!/usr/bin/env bash
# A turn with curl: a recording becomes text, the text an answer, each piece a WAV file as it arrives.
# bash talk.sh QUESTION.wav [http://SERVER:8001] [TOKEN]
set -euo pipefail
recording=$1 server=${2:-http://127.0.0.1:8001} token=${3:-}

post() { # path; the body comes from standard input, since a recording is too long for a command line
  curl --silent --show-error --no-buffer --fail-with-body "$server$1" --data-binary @- \
    -H 'Content-Type: application/json' ${token:+-H "Authorization: Bearer $token"}
}

sentence() { # of a refusal: {"detail": "..."}
  printf 'the server says: %s\n' "$1" | sed 's/{"detail": *"\(.*\)"}$/\1/' >&2
}

heard=$( (printf '{"data": "'; base64 < "$recording" | tr -d '\n'; printf '"}') | post /api/asr) || {
  [ -z "$heard" ] || sentence "$heard"
  exit 1
}
echo "heard: $heard" # a JSON string with its quotes, ready to stand in the next body

number=0
printf '{"msg": [{"role": "user", "content": %s}]}' "$heard" | post /api/chat | while IFS= read -r line || [ -n "$line" ]; do
  case $line in
  '{'*) sentence "$line" ;;
  'data: '*'"done": true'*) printf 'whole reply: %s\n' "${line#data: }" ;;
  'data: {"file": "None"'*) printf 'text only:   %s\n' "${line#data: }" ;;
  'data: {"file": "'*)
    number=$((number + 1))
    audio=${line#data: {\"file\": \"}
    printf '%s' "${audio%%\"*}" | tr -- '-_' '+/' | base64 -d > "piece$number.wav"
    echo "piece$number.wav"
    ;;
  esac # an empty line ends a frame, or says that the server is still there
done
