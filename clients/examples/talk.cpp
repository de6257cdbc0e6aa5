// A turn in C++ on any POSIX system; on a microcontroller a WiFiClient takes the socket's place and I2S the file's.
// c++ -std=c++11 -O2 talk.cpp -o talk && ./talk "What do you say?" 127.0.0.1 8001 [TOKEN] > answer.pcm
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "yinliu.hpp"

struct Player : yinliu::Listener {
  void audio(const uint8_t* data, size_t size) override { std::fwrite(data, 1, size, stdout); }
  void text(const char* message, bool is_last) override {
    std::fprintf(stderr, "%s%s\n", is_last ? "whole reply: " : "", message);
  }
  void trouble(const char* message) override { std::fprintf(stderr, "! %s\n", message); }
};

static int connect_to(const char* host, const char* port) {
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(host, port, &hints, &found)) return -1;
  const int out = socket(found->ai_family, found->ai_socktype, 0);
  const int failed = connect(out, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return failed ? -1 : out;
}

static std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (char byte : text) {
    if (byte == '"' || byte == '\\') json += '\\';
    json += byte == '\n' ? ' ' : byte;
  }
  return json + "\"";
}

int main(int count, char** words) {
  if (count < 4) return std::fprintf(stderr, "talk TEXT HOST PORT [TOKEN]\n"), 2;
  const int server = connect_to(words[2], words[3]);
  if (server < 0) return std::fprintf(stderr, "%s:%s does not answer.\n", words[2], words[3]), 1;
  const std::string body = "{\"format\": \"pcm\", \"stream\": \"chunks\", \"msg\": [" + quoted(words[1]) + "]}";
  // HTTP/1.1 answers in chunks, each behind its length in hexadecimal; most HTTP libraries undo that by themselves.
  std::string request = "POST /api/chat HTTP/1.1\r\nHost: " + std::string(words[2]) + "\r\nConnection: close\r\n";
  if (count > 4) request += "Authorization: Bearer " + std::string(words[4]) + "\r\n";
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  if (write(server, request.data(), request.size()) < 0) return 1;

  Player player;
  yinliu::FrameReader reader(player);
  FILE* answer = fdopen(server, "rb");
  char line[1024];
  bool is_fine = std::fgets(line, sizeof line, answer) && std::strstr(line, " 200 ");
  if (!is_fine) std::fprintf(stderr, "the server says: %s", line);
  while (std::fgets(line, sizeof line, answer) && line[0] != '\r') {
  }
  for (unsigned long left = 0; is_fine && std::fgets(line, sizeof line, answer);) {
    left = std::strtoul(line, nullptr, 16);
    if (left == 0) break;
    for (int byte; left && (byte = std::fgetc(answer)) != EOF; --left) reader.feed(static_cast<char>(byte));
    if (!std::fgets(line, sizeof line, answer)) break;
  }
  std::fclose(answer);
  return is_fine ? 0 : 1;
}
