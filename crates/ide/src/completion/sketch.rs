//! Values to be filled in: JSON with tab stops.

use task_api_core::schema::{AllowedValue, Property, Schema, SchemaId, Subschema, Types};
use task_api_json::{Node, parse, quote};

/// What is longer is broken into lines.
const WIDTH: usize = 80;

/// JSON, of which some is still to be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sketch {
    Object(Vec<(String, Sketch)>),
    Array(Vec<Sketch>),
    /// An object or array whose content is to be written.
    Hole(char),
    /// A string, with what it may be replaced by.
    Text(String),
    /// JSON that may be replaced.
    Stop(String),
    /// JSON of which one is chosen; the first stands there.
    Choice(Vec<String>),
    /// JSON that stays.
    Json(String),
}

impl Sketch {
    /// What a value of a place looks like: objects with what they must have, the default, a choice.
    pub(super) fn of(schema: &Schema, id: SchemaId) -> Sketch {
        let (here, subschema) = (schema.get(id), schema.deref(id));
        let is_null = |json: &&String| *json != "null";
        let default = here.default.as_ref().or(subschema.default.as_ref()).filter(is_null);
        if let Some(first) = subschema.any_of.iter().find(|branch| schema.accepted_types(**branch) != Types::NULL) {
            let records = subschema.any_of.iter().filter(|branch| is_object(schema, **branch)).count();
            return if records > 1 { Sketch::Hole('{') } else { Sketch::of(schema, *first) };
        }
        if !subschema.allowed.is_empty() {
            let values = subschema.allowed.iter().filter(|allowed| allowed.value != AllowedValue::Null);
            let mut values: Vec<String> = values.map(|allowed| allowed.value.to_json()).collect();
            return if values.len() == 1 { Sketch::Json(values.remove(0)) } else { Sketch::Choice(values) };
        }
        let example = || here.examples.first().or(subschema.examples.first());
        let types = subschema.types;
        if types.is_empty() {
            return example().map_or(Sketch::Text(String::new()), |example| Sketch::replaceable(example));
        }
        if types.contains(Types::OBJECT) {
            return Sketch::object(schema, subschema);
        }
        if types.contains(Types::ARRAY) {
            return Sketch::Hole('[');
        }
        if types.contains(Types::STRING) {
            let must_match = subschema.pattern.as_ref().is_some_and(|pattern| !pattern.matches(""));
            let filled = default.or_else(|| example().filter(|_| must_match));
            return filled.map_or(Sketch::Text(String::new()), |json| Sketch::replaceable(json));
        }
        if types.contains(Types::BOOLEAN) {
            return Sketch::Choice(vec!["true".to_owned(), "false".to_owned()]);
        }
        if types.contains(Types::INTEGER) || types.contains(Types::NUMBER) {
            return Sketch::Stop(default.or_else(example).cloned().unwrap_or_else(|| "1".to_owned()));
        }
        Sketch::Json("null".to_owned())
    }

    /// JSON that is offered to be written over.
    pub(super) fn replaceable(json: &str) -> Sketch {
        let tree = parse(json);
        tree.root(json).as_str().map_or_else(|| Sketch::Stop(json.to_owned()), |text| Sketch::Text(text.into_owned()))
    }

    /// JSON as it is, in the layout of sketches.
    pub(super) fn fixed(node: Node<'_>) -> Sketch {
        use task_api_json::Kind;
        match node.kind() {
            Kind::Object => {
                let member = |(key, value): (Node<'_>, Node<'_>)| {
                    (key.as_str().unwrap_or_default().into_owned(), Sketch::fixed(value))
                };
                Sketch::Object(node.members().map(member).collect())
            }
            Kind::Array => Sketch::Array(node.elements().map(Sketch::fixed).collect()),
            _ => Sketch::Json(node.source().to_owned()),
        }
    }

    fn object(schema: &Schema, subschema: &Subschema) -> Sketch {
        let is_in = |property: &&Property| property.required || schema.get(property.schema).is_const;
        let member = |property: &Property| (property.name.clone(), Sketch::of(schema, property.schema));
        let members: Vec<(String, Sketch)> = subschema.properties.iter().filter(is_in).map(member).collect();
        if members.is_empty() { Sketch::Hole('{') } else { Sketch::Object(members) }
    }

    /// The text, in the syntax of snippets if `true` comes with it. Further lines are indented from the first one's on.
    pub(super) fn render(&self, indent: &str) -> (String, bool) {
        Sketch::render_member(None, self, indent)
    }

    /// Like [`Sketch::render`], with a key before it.
    pub(super) fn render_member(key: Option<&str>, value: &Sketch, indent: &str) -> (String, bool) {
        let stops = value.stops();
        let mut writer = Writer { text: String::new(), indent, is_snippet: stops > 0, next: 1 };
        if stops == 1 && matches!(value.only_stop(), Some(Sketch::Hole(_))) {
            // The last place is where the cursor stays.
            writer.next = 0;
        }
        if let Some(key) = key {
            writer.push_fixed(&quote(key));
            writer.text.push_str(": ");
        }
        let used = key.map_or(0, |key| key.len() + 4);
        writer.value(value, 0, used);
        (writer.text, writer.is_snippet)
    }

    fn stops(&self) -> usize {
        match self {
            Sketch::Object(members) => members.iter().map(|(_, value)| value.stops()).sum(),
            Sketch::Array(elements) => elements.iter().map(Sketch::stops).sum(),
            Sketch::Json(_) => 0,
            Sketch::Hole(_) | Sketch::Text(_) | Sketch::Stop(_) | Sketch::Choice(_) => 1,
        }
    }

    fn only_stop(&self) -> Option<&Sketch> {
        match self {
            Sketch::Object(members) => members.iter().find_map(|(_, value)| value.only_stop()),
            Sketch::Array(elements) => elements.iter().find_map(Sketch::only_stop),
            Sketch::Json(_) => None,
            stop => Some(stop),
        }
    }

    /// Length in one line, about.
    fn width(&self) -> usize {
        match self {
            Sketch::Object(members) => {
                4 + members.iter().map(|(key, value)| key.len() + 6 + value.width()).sum::<usize>()
            }
            Sketch::Array(elements) => 2 + elements.iter().map(|element| element.width() + 2).sum::<usize>(),
            Sketch::Hole(_) => 2,
            Sketch::Text(text) => text.len() + 2,
            Sketch::Choice(values) => values.first().map_or(0, String::len),
            Sketch::Stop(json) | Sketch::Json(json) => json.len(),
        }
    }
}

/// Text for a label: one line, and not too long.
pub(super) fn one_line(json: &str) -> String {
    const LONGEST: usize = 60;
    let mut line = String::new();
    for (count, character) in json.chars().enumerate() {
        if count == LONGEST {
            line.push('…');
            break;
        }
        line.push(if character.is_control() { ' ' } else { character });
    }
    line
}

fn is_object(schema: &Schema, id: SchemaId) -> bool {
    schema.accepted_types(id).contains(Types::OBJECT)
}

struct Writer<'a> {
    text: String,
    indent: &'a str,
    is_snippet: bool,
    next: usize,
}

impl Writer<'_> {
    fn value(&mut self, sketch: &Sketch, depth: usize, used: usize) {
        match sketch {
            Sketch::Object(members) if members.is_empty() => self.text.push_str("{}"),
            Sketch::Array(elements) if elements.is_empty() => self.text.push_str("[]"),
            Sketch::Object(members) => {
                let breaks = used + sketch.width() > WIDTH;
                self.text.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    self.separate(index, breaks, depth + 1, " ");
                    self.push_fixed(&quote(key));
                    self.text.push_str(": ");
                    let used = (depth + 1) * self.indent.len() + key.len() + 4;
                    self.value(value, depth + 1, if breaks { used } else { 0 });
                }
                self.close('}', breaks, depth, " ");
            }
            Sketch::Array(elements) => {
                let breaks = used + sketch.width() > WIDTH;
                self.text.push('[');
                for (index, element) in elements.iter().enumerate() {
                    self.separate(index, breaks, depth + 1, "");
                    self.value(element, depth + 1, if breaks { (depth + 1) * self.indent.len() } else { 0 });
                }
                self.close(']', breaks, depth, "");
            }
            Sketch::Hole(bracket) => {
                let stop = self.number();
                let (open, close) = if *bracket == '{' { ('{', '}') } else { ('[', ']') };
                self.text.extend([open, '$']);
                self.text.push_str(&stop.to_string());
                self.text.push(close);
            }
            Sketch::Text(text) if text.is_empty() => {
                let stop = self.number();
                self.text.push_str(&format!("\"${stop}\""));
            }
            Sketch::Text(text) => {
                let stop = self.number();
                let literal = quote(text);
                let inner = literal.get(1..literal.len() - 1).unwrap_or_default();
                self.text.push_str(&format!("\"${{{stop}:{}}}\"", escaped(inner, "\\$}")));
            }
            Sketch::Stop(json) => {
                let stop = self.number();
                self.text.push_str(&format!("${{{stop}:{}}}", escaped(json, "\\$}")));
            }
            Sketch::Choice(values) => self.choice(values),
            Sketch::Json(json) => self.push_fixed(json),
        }
    }

    fn choice(&mut self, values: &[String]) {
        let stop = self.number();
        let first = values.first().map(String::as_str).unwrap_or("null");
        if values.len() < 2 || values.iter().any(|value| value.contains(['\\', '$', '}'])) {
            // Editors do not agree on escapes in choices.
            self.text.push_str(&format!("${{{stop}:{}}}", escaped(first, "\\$}")));
            return;
        }
        let inner = |value: &String| value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(str::to_owned);
        let texts: Option<Vec<String>> = values.iter().map(inner).collect();
        // An empty choice cannot be seen.
        let texts = texts.filter(|texts| texts.iter().all(|text| !text.is_empty()));
        let (quote, values) = texts.map_or(("", values.to_vec()), |texts| ("\"", texts));
        let values: Vec<String> = values.iter().map(|value| escaped(value, "\\,|")).collect();
        self.text.push_str(&format!("{quote}${{{stop}|{}|}}{quote}", values.join(",")));
    }

    fn number(&mut self) -> usize {
        let number = self.next;
        self.next += 1;
        number
    }

    fn push_fixed(&mut self, text: &str) {
        if self.is_snippet {
            self.text.push_str(&escaped(text, "\\$"));
        } else {
            self.text.push_str(text);
        }
    }

    fn separate(&mut self, index: usize, breaks: bool, depth: usize, space: &str) {
        if index > 0 {
            self.text.push(',');
        }
        match breaks {
            true => self.new_line(depth),
            false => self.text.push_str(if index > 0 { " " } else { space }),
        }
    }

    fn close(&mut self, bracket: char, breaks: bool, depth: usize, space: &str) {
        match breaks {
            true => self.new_line(depth),
            false => self.text.push_str(space),
        }
        self.text.push(bracket);
    }

    fn new_line(&mut self, depth: usize) {
        self.text.push('\n');
        for _ in 0..depth {
            self.text.push_str(self.indent);
        }
    }
}

fn escaped(text: &str, special: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if special.contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
