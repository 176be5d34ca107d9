// What a function's arguments and its answer are on the wire (judge/inside/values.py), for C++.
#pragma once
#include <bits/stdc++.h>
#include <unistd.h>

namespace greenroom {

struct Node {
  enum Kind { null, boolean, integer, real, text, array, object } kind = null;
  bool truth = false;
  long long whole = 0;
  double number = 0;
  std::string words;  // of a text, or the tag of an object
  std::vector<Node> parts;
};

[[noreturn]] inline void unfit(const std::string& why) { throw std::invalid_argument(why); }

class Reader {
 public:
  explicit Reader(const std::string& text) : at_(text.data()), end_(text.data() + text.size()) {}

  Node value() {
    space();
    Node node;
    switch (peek()) {
      case '[':
        node.kind = Node::array;
        ++at_;
        for (space(); peek() != ']'; space()) {
          if (peek() == ',') ++at_;
          node.parts.push_back(value());
        }
        ++at_;
        return node;
      case '{':
        node.kind = Node::object;
        ++at_;
        space();
        node.words = text();
        space();
        ++at_;  // the colon
        node.parts.push_back(value());
        space();
        ++at_;
        return node;
      case '"':
        node.kind = Node::text;
        node.words = text();
        return node;
      case 't':
      case 'f':
        node.kind = Node::boolean;
        node.truth = *at_ == 't';
        at_ += node.truth ? 4 : 5;
        return node;
      case 'n':
        at_ += 4;
        return node;
      default:
        return number();
    }
  }

 private:
  const char* at_;
  const char* end_;

  char peek() const {
    if (at_ >= end_) unfit("the arguments end too early");
    return *at_;
  }

  void space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }

  Node number() {
    const char* first = at_;
    bool real = false;
    while (at_ < end_ && std::strchr("+-0123456789.eE", *at_)) real |= std::strchr(".eE", *at_++) != nullptr;
    Node node;
    node.kind = real ? Node::real : Node::integer;
    if (real) {
      node.number = std::strtod(std::string(first, at_).c_str(), nullptr);
    } else {
      std::from_chars(first, at_, node.whole);
    }
    return node;
  }

  unsigned unit() {
    unsigned code = 0;
    std::from_chars(at_, at_ + 4, code, 16);
    at_ += 4;
    return code;
  }

  std::string text() {
    std::string out;
    ++at_;
    while (peek() != '"') {
      if (*at_ != '\\') {
        out += *at_++;
        continue;
      }
      const char escape = *++at_;
      ++at_;
      switch (escape) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'u': {
          unsigned code = unit();
          if (code >= 0xD800 && code < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
            at_ += 2;
            const unsigned low = unit();
            if (low >= 0xDC00 && low < 0xE000) {
              code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            } else {
              put(out, code);
              code = low;
            }
          }
          put(out, code);
          break;
        }
        default: out += escape;
      }
    }
    ++at_;
    return out;
  }

  static void put(std::string& out, unsigned code) {
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0 | code >> 6);
      out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      out += static_cast<char>(0xE0 | code >> 12);
      out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
      out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      out += static_cast<char>(0xF0 | code >> 18);
      out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
      out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
      out += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
};

// The elements of a container: rows of scalars are written without their tags.
inline const std::vector<Node>& elements(const Node& node) {
  const Node* found = &node;
  while (found->kind == Node::object) found = &found->parts.at(0);
  return found->parts;
}

template <class T>
struct Wire;

template <>
struct Wire<long long> {
  static long long read(const Node& node) {
    if (node.kind != Node::integer) unfit("an argument does not fit into 64 bits");
    return node.whole;
  }
  static void write(std::string& out, long long value) { out += std::to_string(value); }
};

template <>
struct Wire<double> {
  static double read(const Node& node) {
    if (node.kind == Node::integer) return static_cast<double>(node.whole);
    if (node.kind == Node::real) return node.number;
    const std::string& name = node.parts.at(0).words;
    return name == "nan" ? std::nan("") : name == "inf" ? HUGE_VAL : -HUGE_VAL;
  }
  static void write(std::string& out, double value) {
    if (!std::isfinite(value)) {
      out += std::string("{\"f\":\"") + (std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf") + "\"}";
      return;
    }
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.17g", value);
    out += digits;
    if (std::strpbrk(digits, ".e") == nullptr) out += ".0";
  }
};

template <>
struct Wire<bool> {
  static bool read(const Node& node) { return node.truth; }
  static void write(std::string& out, bool value) { out += value ? "true" : "false"; }
};

template <>
struct Wire<std::string> {
  static std::string read(const Node& node) { return node.words; }
  static void write(std::string& out, const std::string& value) {
    out += '"';
    for (const char letter : value) {
      if (letter == '"' || letter == '\\') {
        out += '\\';
        out += letter;
      } else if (static_cast<unsigned char>(letter) < 0x20) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", letter);
        out += escape;
      } else {
        out += letter;
      }
    }
    out += '"';
  }
};

template <class Container>
void write_all(std::string& out, const Container& values) {
  out += '[';
  bool first = true;
  for (auto&& value : values) {
    if (!first) out += ',';
    first = false;
    Wire<typename Container::value_type>::write(out, value);
  }
  out += ']';
}

template <class T>
struct Wire<std::vector<T>> {
  static std::vector<T> read(const Node& node) {
    std::vector<T> values;
    const auto& parts = elements(node);
    values.reserve(parts.size());
    for (const Node& part : parts) values.push_back(Wire<T>::read(part));
    return values;
  }
  static void write(std::string& out, const std::vector<T>& values) { write_all(out, values); }
};

template <class T>
struct Wire<std::set<T>> {
  static std::set<T> read(const Node& node) {
    std::set<T> values;
    for (const Node& part : elements(node)) values.insert(Wire<T>::read(part));
    return values;
  }
  static void write(std::string& out, const std::set<T>& values) {
    out += "{\"s\":";
    write_all(out, values);
    out += '}';
  }
};

template <class K, class V>
struct Wire<std::map<K, V>> {
  static std::map<K, V> read(const Node& node) {
    std::map<K, V> found;
    const auto& pair = node.parts.at(0).parts;
    const auto &keys = elements(pair.at(0)), &values = elements(pair.at(1));
    for (std::size_t at = 0; at < keys.size(); ++at) found.emplace(Wire<K>::read(keys[at]), Wire<V>::read(values[at]));
    return found;
  }
  static void write(std::string& out, const std::map<K, V>& found) {
    std::vector<K> keys;
    std::vector<V> values;
    for (const auto& [key, value] : found) {
      keys.push_back(key);
      values.push_back(value);
    }
    out += "{\"d\":[";
    write_all(out, keys);
    out += ',';
    write_all(out, values);
    out += "]}";
  }
};

template <class T>
struct Wire<std::optional<T>> {
  static std::optional<T> read(const Node& node) {
    if (node.kind == Node::null) return std::nullopt;
    return Wire<T>::read(node);
  }
  static void write(std::string& out, const std::optional<T>& value) {
    if (value) {
      Wire<T>::write(out, *value);
    } else {
      out += "null";
    }
  }
};

template <class... Ts>
struct Wire<std::tuple<Ts...>> {
  static std::tuple<Ts...> read(const Node& node) { return read(elements(node), std::index_sequence_for<Ts...>()); }
  template <std::size_t... At>
  static std::tuple<Ts...> read(const std::vector<Node>& parts, std::index_sequence<At...>) {
    return std::tuple<Ts...>(Wire<Ts>::read(parts.at(At))...);
  }
  static void write(std::string& out, const std::tuple<Ts...>& value) {
    out += "{\"t\":[";
    bool first = true;
    std::apply([&](const Ts&... parts) { ((out += first ? "" : ",", first = false, Wire<Ts>::write(out, parts)), ...); }, value);
    out += "]}";
  }
};

inline std::vector<Node> arguments() {
  std::string text;
  char block[1 << 16];
  for (ssize_t count; (count = ::read(0, block, sizeof block)) > 0;) text.append(block, count);
  return elements(Reader(text).value());
}

inline void send(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t count = ::write(3, text.data() + at, text.size() - at);
    if (count <= 0) return;
    at += count;
  }
}

template <class R>
int answer(const R& value) {
  std::string out = "V";
  Wire<R>::write(out, value);
  std::cout.flush();
  std::fflush(nullptr);
  send(out);
  return 0;
}

// What was thrown, to be seen by who wrote it.
inline int failed(const char* type, const std::string& text) {
  std::string out = "E{\"line\":null,\"type\":";
  Wire<std::string>::write(out, type);
  out += ",\"text\":";
  Wire<std::string>::write(out, text.substr(0, 2000));
  std::cout.flush();
  std::fflush(nullptr);
  send(out + "}");
  return 1;
}

template <class Call>
int run(Call call) {
  try {
    return call(arguments());
  } catch (const std::bad_alloc&) {
    std::fputs("std::bad_alloc\n", stderr);
    return 1;
  } catch (const std::exception& error) {
    return failed("std::exception", error.what());
  } catch (...) {
    return failed("exception", "something that is no std::exception was thrown");
  }
}

}  // namespace greenroom
