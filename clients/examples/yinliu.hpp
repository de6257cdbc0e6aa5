// Reads the answer of /api/chat on a microcontroller: byte by byte, in less than 2 kB, whatever the size of a frame.
//
// A frame is a line of JSON with up to 200 kB of base64 in it, more than a small machine can keep. So the reader decodes
// audio while it arrives and hands it over in small blocks. Ask for {"format": "pcm", "stream": "chunks"}: then the audio
// is signed 16-bit little-endian mono and needs no further decoding. C++11, no allocation, no exceptions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace yinliu {

/// What a sketch implements. Calls come in the order of the answer.
struct Listener {
  /// A block of a piece's audio, never longer than 256 bytes; samples may be cut between two blocks.
  virtual void audio(const uint8_t* data, size_t size) = 0;
  /// The text of a piece or, with is_last, of the whole reply; UTF-8, cut off after TEXT_BYTES.
  virtual void text(const char* message, bool is_last) = 0;
  /// Why the reply is missing or incomplete; comes before the last text.
  virtual void trouble(const char* message) { (void)message; }
  virtual ~Listener() {}
};

class FrameReader {
 public:
  static const size_t TEXT_BYTES = 512;

  explicit FrameReader(Listener& listener) : listener_(listener) { restart(); }

  /// Takes the next byte of the answer's body (chunked transfer encoding already undone).
  void feed(char byte) {
    if (byte == '\n') {
      if (depth_ == 0 && is_frame_) finish();
      restart();
    } else if (in_string_) {
      inside(byte);
    } else if (byte == '"') {
      in_string_ = true;
      length_ = 0;
    } else if (byte == '{' || byte == '[') {
      is_frame_ = is_key_ = true;
      ++depth_;
    } else if (byte == '}' || byte == ']') {
      --depth_;
      is_key_ = false;
    } else if (byte == ':') {
      is_key_ = false;
    } else if (byte == ',') {
      is_key_ = true;
    } else if (byte == 't' && !is_key_ && depth_ == 1 && std::strcmp(key_, "done") == 0) {
      is_last_ = true;  // of true
    }
  }

 private:
  void restart() {
    depth_ = 0;
    in_string_ = is_escaped_ = is_frame_ = is_last_ = false;
    is_key_ = true;
    hex_left_ = 0;
    high_ = 0;
    length_ = 0;
    message_[0] = key_[0] = inner_key_[0] = error_[0] = 0;
    bits_ = bit_count_ = 0;
    filled_ = 0;
  }

  bool is(const char* name) const { return depth_ == 1 && !is_key_ && std::strcmp(key_, name) == 0; }

  void inside(char byte) {
    if (hex_left_) {
      code_ = code_ << 4 | static_cast<uint32_t>(byte <= '9' ? byte - '0' : (byte | 32) - 'a' + 10);
      if (--hex_left_ == 0) put_code(code_);
    } else if (is_escaped_) {
      is_escaped_ = false;
      if (byte == 'u') {
        hex_left_ = 4;
        code_ = 0;
      } else {
        put(byte == 'n' ? '\n' : byte == 't' ? '\t' : byte == 'r' ? '\r' : byte);
      }
    } else if (byte == '\\') {
      is_escaped_ = true;
    } else if (byte == '"') {
      in_string_ = false;
      if (is("file")) hand_over();
    } else {
      put(byte);
    }
  }

  void put(char byte) {
    if (is_key_ && depth_ == 1) {
      keep(key_, sizeof key_, byte);
    } else if (is_key_ && depth_ == 2) {
      keep(inner_key_, sizeof inner_key_, byte);
    } else if (depth_ == 2 && std::strcmp(key_, "error") == 0 && std::strcmp(inner_key_, "message") == 0) {
      keep(error_, sizeof error_, byte);
    } else if (is("message")) {
      keep(message_, sizeof message_, byte);
    } else if (is("file")) {
      decode(byte);
    }
  }

  void keep(char* where, size_t size, char byte) {
    if (length_ + 1 < size) {
      where[length_++] = byte;
      where[length_] = 0;
    }
  }

  void put_code(uint32_t code) {
    if (code >= 0xD800 && code < 0xDC00) {
      high_ = code;  // the first half of a character beyond U+FFFF
      return;
    }
    if (high_ && code >= 0xDC00 && code < 0xE000) code = 0x10000 + ((high_ - 0xD800) << 10) + (code - 0xDC00);
    high_ = 0;
    if (code < 0x80) {
      put(static_cast<char>(code));
      return;
    }
    const int tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint8_t heads[] = {0, 0xC0, 0xE0, 0xF0};
    if (length_ + static_cast<size_t>(tail) + 2 > sizeof message_) return;  // never half a character
    put(static_cast<char>(heads[tail] | code >> 6 * tail));
    for (int at = tail - 1; at >= 0; --at) put(static_cast<char>(0x80 | (code >> 6 * at & 0x3F)));
  }

  void decode(char byte) {
    const int value = byte >= 'A' && byte <= 'Z'   ? byte - 'A'
                      : byte >= 'a' && byte <= 'z' ? byte - 'a' + 26
                      : byte >= '0' && byte <= '9' ? byte - '0' + 52
                      : byte == '-' || byte == '+' ? 62
                      : byte == '_' || byte == '/' ? 63
                                                   : -1;
    if (++length_ <= sizeof start_) start_[length_ - 1] = byte;
    if (value < 0) return;  // padding
    bits_ = bits_ << 6 | static_cast<uint32_t>(value);
    bit_count_ += 6;
    if (bit_count_ < 8) return;
    bit_count_ -= 8;
    block_[filled_++] = static_cast<uint8_t>(bits_ >> bit_count_);
    if (filled_ == sizeof block_ && length_ > sizeof start_) hand_over();
  }

  void hand_over() {
    // The word None stands where a piece has no audio; it is no longer than the start of the value.
    const bool is_none = length_ == sizeof start_ && std::memcmp(start_, "None", sizeof start_) == 0;
    if (filled_ && !is_none) listener_.audio(block_, filled_);
    filled_ = 0;
  }

  void finish() {
    if (error_[0]) listener_.trouble(error_);
    if (message_[0] || is_last_) listener_.text(message_, is_last_);
  }

  Listener& listener_;
  int depth_, hex_left_;
  bool in_string_, is_escaped_, is_key_, is_frame_, is_last_;
  uint32_t code_, high_, bits_;
  int bit_count_;
  size_t length_, filled_;
  char key_[16], inner_key_[16], message_[TEXT_BYTES], error_[TEXT_BYTES], start_[4];
  uint8_t block_[256];
};

}  // namespace yinliu
