//! A tree as the value that a JSON Schema is held against.

use serde_json::{Map, Number, Value};
use task_api_json::{Kind, Node};

/// The value of a node in text without errors. Of duplicate keys the last one counts. The parser bounds
/// how deep values nest, and with it this recursion.
pub(super) fn of_node(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null | Kind::Missing | Kind::Template => Value::Null,
        Kind::False => Value::Bool(false),
        Kind::True => Value::Bool(true),
        Kind::Number => number(node.source()),
        Kind::String => Value::String(node.as_str().unwrap_or_default().into_owned()),
        Kind::Array => Value::Array(node.elements().map(of_node).collect()),
        Kind::Object => {
            let mut object = Map::new();
            for (key, value) in node.members() {
                object.insert(key.as_str().unwrap_or_default().into_owned(), of_node(value));
            }
            Value::Object(object)
        }
        Kind::Key => node.value_of_key().map_or(Value::Null, of_node),
    }
}

fn number(source: &str) -> Value {
    if let Ok(number) = source.parse::<i64>() {
        return Value::from(number);
    }
    if let Ok(number) = source.parse::<u64>() {
        return Value::from(number);
    }
    // A number beyond a double is as good as the largest one: limits tell no difference.
    let double = source.parse::<f64>().unwrap_or_default().clamp(f64::MIN, f64::MAX);
    Number::from_f64(double).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use task_api_json::{MAX_DEPTH, parse};

    use super::*;

    fn value(text: &str) -> Value {
        of_node(parse(text).root(text))
    }

    #[test]
    fn values_are_those_of_serde_json() {
        let text = r#"{"a\u00e9": [1, -2, 1.0, 1e2, 18446744073709551615, 123456789012345678901, "\ud83d\ude00"],
            "b": [true, false, null], "": {}}"#;
        assert_eq!(value(text), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn the_last_of_duplicates_counts_and_numbers_stay_numbers() {
        assert_eq!(value(r#"{"a": 1, "b": 2, "a": 3}"#), json!({"a": 3, "b": 2}));
        assert_eq!(value("[1e400, -1e400]"), json!([f64::MAX, f64::MIN]));
    }

    #[test]
    fn depth_is_bounded_by_the_parser() {
        let text = "[".repeat(100_000);
        let depth = |value: &Value| std::iter::successors(Some(value), |value| value.get(0)).count();
        assert!(depth(&value(&text)) <= MAX_DEPTH as usize + 1);
    }
}
