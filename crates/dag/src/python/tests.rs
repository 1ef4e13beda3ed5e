use super::*;

/// Texts that nest without an end, by each thing that can.
fn deep_texts(depth: usize) -> Vec<String> {
    let nested = |open: &str, close: &str| format!("x = {}1{}", open.repeat(depth), close.repeat(depth));
    vec![
        nested("(", ")"),
        nested("[", "]"),
        nested("{1:", "}"),
        nested("[1, ", "]"),
        nested("f(", ")"),
        nested("f'{", "}'"),
        nested("-", ""),
        nested("not ", ""),
        nested("lambda: ", ""),
        nested("lambda a, b: ", ""),
        nested("1 if a else ", ""),
        nested("2 ** ", ""),
        nested("a + ", ""),
        nested("a >> ", ""),
        nested("await ", ""),
        nested("(", ""),
        nested("[", ""),
        nested("f(x=", ""),
        format!("x{}", ".a".repeat(depth)),
        format!("x{}", "()".repeat(depth)),
        format!("x{}", "[0]".repeat(depth)),
        format!("x{}", "[0,1]".repeat(depth)),
        (0..depth.min(2000)).map(|level| format!("{}if x:\n", " ".repeat(level))).collect(),
        format!("if x:\n  pass\n{}", "elif y:\n  pass\n".repeat(depth)),
        "if x: ".repeat(depth),
        format!("match x:\n case {}", "[".repeat(depth)),
        format!("match x:\n case {}", "a | ".repeat(depth)),
        "@".repeat(depth),
        "a = ".repeat(depth),
        format!("def f({}): pass", "a=".repeat(depth)),
    ]
}

#[test]
fn depth_does_no_harm() {
    for depth in [10, 90, 300, 1400, 100_000] {
        for text in deep_texts(depth) {
            let _ = parse(&text);
        }
    }
}

#[test]
fn what_is_too_deep_is_said_with_its_line() {
    let text = format!("a = 1\nb = {}1\nc = 2\n", "(".repeat(5000));
    let module = parse(&text);
    assert_eq!(module.errors.len(), 1);
    assert!(module.errors[0].span.of(&text).starts_with("b = (((("), "{:?}", module.errors);
}

#[test]
fn long_lists_and_files_are_not_deep() {
    let list = format!("x = [{}]\n", "f(a, 'b' + c, {'d': [1]}), ".repeat(20_000));
    let chain = format!("{}\n", vec!["task"; 1000].join(" >> "));
    let module = parse(&format!("{list}{chain}{}", "x = f(a)(b)\n".repeat(5000)));
    assert_eq!(module.errors, []);
    assert_eq!(module.body.len(), 5002);
}

#[test]
fn operators_stand_side_by_side_however_many() {
    let module = parse("a >> b << c + d\n");
    let StatementKind::Expression(Expression { kind: Kind::Chain { rest, .. }, .. }) = &module.body[0].kind else {
        panic!("no chain")
    };
    let operators: Vec<Operator> = rest.iter().map(|(operator, _)| *operator).collect();
    assert_eq!(operators, [Operator::ShiftRight, Operator::ShiftLeft]);
}

#[test]
fn what_stands_around_an_error_is_read() {
    let module = parse("a = 1\nb = f(\nc = 'x'\n");
    assert!(!module.errors.is_empty());
    assert!(matches!(&module.body[0].kind, StatementKind::Assign { .. }));
}

#[test]
fn errors_have_their_places() {
    let text = "ä = 'x\nb = )\n";
    let module = parse(text);
    let places: Vec<(&str, &str)> =
        module.errors.iter().map(|error| (error.span.of(text), error.message.as_str())).collect();
    assert_eq!(places[0].1, "missing closing quote in string literal");
    assert!(places.iter().any(|(place, _)| *place == ")"), "{places:?}");
}
