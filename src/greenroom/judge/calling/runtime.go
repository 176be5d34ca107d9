// What a function's arguments and its answer are on the wire (judge/inside/values.py), for Go.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
)

func greenroomElements(node any) []any {
	for {
		switch found := node.(type) {
		case []any:
			return found
		case map[string]any:
			for _, content := range found {
				node = content
			}
		default:
			return nil
		}
	}
}

// A struct stands for a tuple whose parts are of several types, a map to nothing for a set.
func greenroomRead(node any, into reflect.Value) {
	switch into.Kind() {
	case reflect.Pointer:
		if node != nil {
			into.Set(reflect.New(into.Type().Elem()))
			greenroomRead(node, into.Elem())
		}
	case reflect.Int, reflect.Int64:
		digits, plain := node.(json.Number)
		whole, err := strconv.ParseInt(string(digits), 10, 64)
		if !plain || err != nil {
			panic("an argument does not fit into 64 bits")
		}
		into.SetInt(whole)
	case reflect.Float64:
		if digits, plain := node.(json.Number); plain {
			number, _ := digits.Float64()
			into.SetFloat(number)
			return
		}
		named := map[any]float64{"nan": math.NaN(), "inf": math.Inf(1), "-inf": math.Inf(-1)}
		into.SetFloat(named[node.(map[string]any)["f"]])
	case reflect.String:
		into.SetString(node.(string))
	case reflect.Bool:
		into.SetBool(node.(bool))
	case reflect.Slice:
		parts := greenroomElements(node)
		into.Set(reflect.MakeSlice(into.Type(), len(parts), len(parts)))
		for at, part := range parts {
			greenroomRead(part, into.Index(at))
		}
	case reflect.Array:
		for at, part := range greenroomElements(node) {
			greenroomRead(part, into.Index(at))
		}
	case reflect.Struct:
		for at, part := range greenroomElements(node) {
			greenroomRead(part, into.Field(at))
		}
	case reflect.Map:
		greenroomReadMap(node, into)
	}
}

func greenroomReadMap(node any, into reflect.Value) {
	kind := into.Type()
	into.Set(reflect.MakeMap(kind))
	keys := greenroomElements(node)
	var values []any
	if tagged, _ := node.(map[string]any); tagged["d"] != nil {
		keys, values = greenroomElements(keys[0]), greenroomElements(keys[1])
	}
	for at, one := range keys {
		key, value := reflect.New(kind.Key()).Elem(), reflect.New(kind.Elem()).Elem()
		greenroomRead(one, key)
		if values != nil {
			greenroomRead(values[at], value)
		}
		into.SetMapIndex(key, value)
	}
}

func greenroomWrite(out *strings.Builder, value reflect.Value) {
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			out.WriteString("null")
		} else {
			greenroomWrite(out, value.Elem())
		}
	case reflect.Int, reflect.Int64:
		out.WriteString(strconv.FormatInt(value.Int(), 10))
	case reflect.Float64:
		number := value.Float()
		switch {
		case math.IsNaN(number):
			out.WriteString(`{"f":"nan"}`)
		case math.IsInf(number, 1):
			out.WriteString(`{"f":"inf"}`)
		case math.IsInf(number, -1):
			out.WriteString(`{"f":"-inf"}`)
		default:
			out.WriteString(strconv.FormatFloat(number, 'e', -1, 64))
		}
	case reflect.String:
		text, _ := json.Marshal(value.String())
		out.Write(text)
	case reflect.Bool:
		out.WriteString(strconv.FormatBool(value.Bool()))
	case reflect.Slice:
		greenroomWriteAll(out, "[", value.Len(), value.Index, "]")
	case reflect.Array:
		greenroomWriteAll(out, `{"t":[`, value.Len(), value.Index, "]}")
	case reflect.Struct:
		greenroomWriteAll(out, `{"t":[`, value.NumField(), value.Field, "]}")
	case reflect.Map:
		keys := value.MapKeys()
		key := func(at int) reflect.Value { return keys[at] }
		if value.Type().Elem() == reflect.TypeOf(struct{}{}) {
			greenroomWriteAll(out, `{"s":[`, len(keys), key, "]}")
			return
		}
		greenroomWriteAll(out, `{"d":[[`, len(keys), key, "],[")
		greenroomWriteAll(out, "", len(keys), func(at int) reflect.Value { return value.MapIndex(keys[at]) }, "]]}")
	}
}

func greenroomWriteAll(out *strings.Builder, first string, count int, part func(int) reflect.Value, last string) {
	out.WriteString(first)
	for at := 0; at < count; at++ {
		if at > 0 {
			out.WriteString(",")
		}
		greenroomWrite(out, part(at))
	}
	out.WriteString(last)
}

func greenroomSend(text string) {
	os.NewFile(3, "answer").WriteString(text)
}

func greenroomRun(into []reflect.Value, call func() reflect.Value) {
	decoder := json.NewDecoder(os.Stdin)
	decoder.UseNumber()
	var nodes any
	if err := decoder.Decode(&nodes); err != nil && err != io.EOF {
		panic(err)
	}
	for at, node := range greenroomElements(nodes) {
		greenroomRead(node, into[at].Elem())
	}
	value := greenroomCalled(call)
	var out strings.Builder
	out.WriteString("V")
	greenroomWrite(&out, value)
	greenroomSend(out.String())
	os.Exit(0)
}

func greenroomCalled(call func() reflect.Value) reflect.Value {
	defer func() {
		if reason := recover(); reason != nil {
			text := fmt.Sprint(reason)
			if len(text) > 2000 {
				text = text[:2000]
			}
			said, _ := json.Marshal(map[string]any{"type": "panic", "text": text, "line": nil})
			greenroomSend("E" + string(said))
			os.Exit(1)
		}
	}()
	return call()
}
