package memory

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
)

// Holding returns the names of the fields that contain text, however deep. It is for tests that something is gone everywhere.
func (s *Store) Holding(text string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var places []string
	all := reflect.ValueOf(s).Elem()
	for i := range all.NumField() {
		search(all.Field(i), all.Type().Field(i).Name, text, &places)
	}
	return places, nil
}

// search adds to places the names of the parts of v, itself called name, that contain text.
func search(v reflect.Value, name, text string, places *[]string) {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), text) {
			*places = append(*places, name)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
			if bytes.Contains(v.Bytes(), []byte(text)) {
				*places = append(*places, name)
			}
			return
		}
		for i := range v.Len() {
			search(v.Index(i), name, text, places)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			search(key, name, text, places)
			search(v.MapIndex(key), fmt.Sprintf("%s[%v]", name, key), text, places)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			search(v.Field(i), name+"."+v.Type().Field(i).Name, text, places)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Type().Elem().PkgPath() != "time" && v.Type().Elem().PkgPath() != "sync" {
			search(v.Elem(), name, text, places)
		}
	}
}
