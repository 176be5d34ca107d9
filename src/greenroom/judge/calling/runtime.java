// What a function's arguments and its answer are on the wire (judge/inside/values.py), for Java.
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

final class GreenroomWire {
    /** A declared type: its kind, the class of its values, and its parts. */
    record Spec(String kind, Class<?> held, Spec... parts) {}

    interface Call {
        Object of(List<Object> nodes) throws Throwable;
    }

    /** An object of the wire has one key, its tag. */
    private record Tagged(String tag, Object content) {}

    private static final class Unfit extends RuntimeException {
        Unfit(String why) {
            super(why);
        }
    }

    private final String text;
    private int at;

    private GreenroomWire(String text) {
        this.text = text;
    }

    static void run(Spec returns, Call call) {
        int code = 1;
        try {
            String given = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
            Object value = call.of(elements(new GreenroomWire(given).value()));
            StringBuilder out = new StringBuilder("V");
            write(out, value, returns);
            System.out.flush();
            send(out.toString());
            code = 0;
        } catch (Unfit error) {
            send("U" + error.getMessage());
        } catch (OutOfMemoryError error) {
            System.err.println(error);
        } catch (Throwable error) {
            System.out.flush();
            send(told(error));
        }
        System.out.flush();
        Runtime.getRuntime().halt(code);
    }

    private static String told(Throwable error) {
        String message = String.valueOf(error.getMessage());
        StringBuilder said = new StringBuilder(message.substring(0, Math.min(2000, message.length())));
        for (StackTraceElement one : error.getStackTrace()) {
            if (one.getClassName().startsWith("Solution")) {
                said.append(" (line ").append(one.getLineNumber()).append(")");
                break;
            }
        }
        StringBuilder out = new StringBuilder("E{\"line\":null,\"type\":");
        quote(out, error.getClass().getSimpleName());
        out.append(",\"text\":");
        quote(out, said.toString());
        return out.append('}').toString();
    }

    private static void send(String text) {
        try {
            Constructor<FileDescriptor> make = FileDescriptor.class.getDeclaredConstructor(int.class);
            make.setAccessible(true);
            try (FileOutputStream out = new FileOutputStream(make.newInstance(3))) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
        } catch (ReflectiveOperationException | IOException error) {
            System.err.println(error);
        }
    }

    private char peek() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        return text.charAt(at);
    }

    private Object value() {
        switch (peek()) {
            case '[': {
                List<Object> parts = new ArrayList<>();
                at++;
                while (peek() != ']') {
                    if (peek() == ',') at++;
                    parts.add(value());
                }
                at++;
                return parts;
            }
            case '{': {
                at++;
                peek();
                String tag = words();
                peek();
                at++;
                Object content = value();
                peek();
                at++;
                return new Tagged(tag, content);
            }
            case '"':
                return words();
            case 't':
                at += 4;
                return true;
            case 'f':
                at += 5;
                return false;
            case 'n':
                at += 4;
                return null;
            default:
                return number();
        }
    }

    private Object number() {
        int first = at;
        boolean real = false;
        while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) {
            real |= ".eE".indexOf(text.charAt(at++)) >= 0;
        }
        String digits = text.substring(first, at);
        if (real) return Double.parseDouble(digits);
        return Long.parseLong(digits);
    }

    private String words() {
        StringBuilder out = new StringBuilder();
        at++;
        while (text.charAt(at) != '"') {
            char letter = text.charAt(at++);
            if (letter != '\\') {
                out.append(letter);
                continue;
            }
            char escape = text.charAt(at++);
            switch (escape) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'u' -> {
                    out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                }
                default -> out.append(escape);
            }
        }
        at++;
        return out.toString();
    }

    /** The elements of a container: rows of scalars are written without their tags. */
    @SuppressWarnings("unchecked")
    private static List<Object> elements(Object node) {
        while (node instanceof Tagged tagged) node = tagged.content();
        return (List<Object>) node;
    }

    static Object read(Object node, Spec spec) {
        switch (spec.kind()) {
            case "optional":
                return node == null ? null : read(node, spec.parts()[0]);
            case "int":
                if (!(node instanceof Long)) throw new ArithmeticException("an argument does not fit into a long");
                return node;
            case "float":
                if (node instanceof Tagged tagged) {
                    return switch ((String) tagged.content()) {
                        case "nan" -> Double.NaN;
                        case "inf" -> Double.POSITIVE_INFINITY;
                        default -> Double.NEGATIVE_INFINITY;
                    };
                }
                return ((Number) node).doubleValue();
            case "list":
            case "row": {
                List<Object> parts = elements(node);
                Object array = Array.newInstance(spec.held(), parts.size());
                for (int index = 0; index < parts.size(); index++) {
                    Array.set(array, index, read(parts.get(index), spec.parts()[spec.kind().equals("row") ? index : 0]));
                }
                return array;
            }
            case "set": {
                Set<Object> found = new LinkedHashSet<>();
                for (Object part : elements(node)) found.add(read(part, spec.parts()[0]));
                return found;
            }
            case "dict": {
                Map<Object, Object> found = new LinkedHashMap<>();
                List<Object> pair = elements(node);
                List<Object> keys = elements(pair.get(0));
                List<Object> values = elements(pair.get(1));
                for (int index = 0; index < keys.size(); index++) {
                    found.put(read(keys.get(index), spec.parts()[0]), read(values.get(index), spec.parts()[1]));
                }
                return found;
            }
            default:
                return node;
        }
    }

    private static void write(StringBuilder out, Object value, Spec spec) {
        if (value == null) {
            out.append("null");
        } else if (spec != null && spec.kind().equals("optional")) {
            write(out, value, spec.parts()[0]);
        } else if (value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Double || value instanceof Float) {
            writeReal(out, ((Number) value).doubleValue());
        } else if (value instanceof BigInteger whole && whole.bitLength() > 63) {
            out.append("{\"i\":\"").append(whole.signum() < 0 ? "-" : "").append("0x").append(whole.abs().toString(16)).append("\"}");
        } else if (value instanceof Number) {
            out.append(value);
        } else if (value instanceof CharSequence || value instanceof Character) {
            quote(out, value.toString());
        } else if (value instanceof Map<?, ?> map) {
            out.append("{\"d\":[");
            writeAll(out, map.keySet(), part(spec, 0));
            out.append(',');
            writeAll(out, map.values(), part(spec, 1));
            out.append("]}");
        } else if (value instanceof Set<?> set) {
            out.append("{\"s\":");
            writeAll(out, set, part(spec, 0));
            out.append('}');
        } else if (value instanceof Collection<?> held) {
            writeList(out, held, spec);
        } else if (value.getClass().isArray()) {
            Object[] boxed = new Object[Array.getLength(value)];
            Arrays.setAll(boxed, index -> Array.get(value, index));
            writeList(out, Arrays.asList(boxed), spec);
        } else {
            throw new Unfit("an object of class " + value.getClass().getSimpleName() + ", which is not plain data");
        }
    }

    private static Spec part(Spec spec, int index) {
        return spec == null || index >= spec.parts().length ? null : spec.parts()[index];
    }

    private static void writeList(StringBuilder out, Collection<?> held, Spec spec) {
        boolean row = spec != null && spec.kind().equals("row") && held.size() == spec.parts().length;
        if (!row) {
            writeAll(out, held, part(spec, 0));
            return;
        }
        out.append("{\"t\":[");
        int index = 0;
        for (Object one : held) {
            if (index > 0) out.append(',');
            write(out, one, spec.parts()[index++]);
        }
        out.append("]}");
    }

    private static void writeAll(StringBuilder out, Collection<?> held, Spec spec) {
        out.append('[');
        boolean first = true;
        for (Object one : held) {
            if (!first) out.append(',');
            first = false;
            write(out, one, spec);
        }
        out.append(']');
    }

    private static void writeReal(StringBuilder out, double value) {
        if (Double.isNaN(value)) {
            out.append("{\"f\":\"nan\"}");
        } else if (Double.isInfinite(value)) {
            out.append(value > 0 ? "{\"f\":\"inf\"}" : "{\"f\":\"-inf\"}");
        } else {
            out.append(value);
        }
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int index = 0; index < text.length(); index++) {
            char letter = text.charAt(index);
            if (letter == '"' || letter == '\\') {
                out.append('\\').append(letter);
            } else if (letter < 0x20 || letter > 0x7e) {
                out.append(String.format("\\u%04x", (int) letter));
            } else {
                out.append(letter);
            }
        }
        out.append('"');
    }
}
