use expect_test::{Expect, expect};

use super::*;
use crate::python::parse;

fn read_text(text: &str) -> Read {
    read(&parse(text), text)
}

fn in_words(value: &Value) -> String {
    match &value.kind {
        ValueKind::Text(text) => format!("{text:?}"),
        ValueKind::Number(number) => number.to_string(),
        ValueKind::List(items) => format!("[{}]", items.iter().map(in_words).collect::<Vec<_>>().join(", ")),
        ValueKind::Dict(items) => {
            let items = items.iter().map(|(key, value)| format!("{}: {}", in_words(key), in_words(value)));
            format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
        ValueKind::Record(record) => {
            let fields = record.fields.iter().map(|(name, value)| format!("{}={}", name.text, in_words(value)));
            format!("{}({})", record.class, fields.collect::<Vec<_>>().join(", "))
        }
        ValueKind::Node(node) => format!("#{node}"),
        ValueKind::Unknown(why) => format!("?({why})"),
        ValueKind::Imported(path) => path.to_string(),
        _ => value.in_words().to_owned(),
    }
}

/// All that was read, a line each.
fn told(text: &str) -> String {
    let read = read_text(text);
    let mut told = String::new();
    for dag in &read.dags {
        told.push_str(&format!("dag {}\n", in_words(&dag.id)));
    }
    for (number, node) in read.nodes.iter().enumerate() {
        let class = match &node.kind {
            NodeKind::Task(_) => "task",
            NodeKind::Foreign { class, .. } => class,
        };
        let variable = node.variable.as_ref().map_or("_", |name| &name.text);
        let dag = node.dag.map_or("no dag".to_owned(), |dag| format!("dag {dag}"));
        told.push_str(&format!("#{number} {variable} = {class} in {dag}"));
        let parameters = node.parameters();
        for (name, value) in parameters.named.iter().filter(|(name, _)| name.text != "dag") {
            told.push_str(&format!("\n    {}={}", name.text, in_words(value)));
        }
        told.push_str(if parameters.has_more { " and more\n" } else { "\n" });
    }
    for edge in &read.edges {
        told.push_str(&format!("#{} >> #{} at {}\n", edge.from, edge.to, edge.span.of(text)));
    }
    for unread in &read.unread {
        told.push_str(&format!("unread `{}`: {}\n", unread.span.of(text), unread.message));
    }
    for undefined in &read.undefined {
        let below = if undefined.defined_below.is_some() { ", defined below" } else { "" };
        told.push_str(&format!("undefined {}{below}\n", undefined.name));
    }
    told
}

const HEAD: &str = "\
from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import KaapanaTaskOperator as Task, IOMapping
from kaapana.blueprints.kaapana_global_variables import DEFAULT_REGISTRY, KAAPANA_BUILD_VERSION
";

fn check(body: &str, expected: Expect) {
    expected.assert_eq(&told(&format!("{HEAD}{body}")));
}

#[test]
fn operators_and_edges_of_a_with_statement() {
    check(
        r#"
with DAG("my-dag") as dag:
    a = Task(task_id="a", image=f"{DEFAULT_REGISTRY}/a:{KAAPANA_BUILD_VERSION}", taskTemplate="t")
    b = Task(task_id="b", image="b" + ":1", iochannel_maps=[
        IOMapping(upstream_operator=a, upstream_output_channel="out", input_channel="in")])
    c, d = Task(task_id="c"), Task(task_id="d")
a >> [b, c] >> d
"#,
        expect![[r##"
            dag "my-dag"
            #0 a = task in dag 0
                task_id="a"
                image="{{ env.DEFAULT_REGISTRY }}/a:{{ env.KAAPANA_BUILD_VERSION }}"
                taskTemplate="t"
            #1 b = task in dag 0
                task_id="b"
                image="b:1"
                iochannel_maps=[IOMapping(upstream_operator=#0, upstream_output_channel="out", input_channel="in")]
            #2 c = task in dag 0
                task_id="c"
            #3 d = task in dag 0
                task_id="d"
            #0 >> #1 at [b, c]
            #0 >> #2 at [b, c]
            #1 >> #3 at d
            #2 >> #3 at d
        "##]],
    );
}

#[test]
fn every_way_to_say_an_edge() {
    check(
        r#"
from airflow.models.baseoperator import chain, cross_downstream
import airflow.sdk as sdk
dag = DAG(dag_id="d")
a = Task(task_id="a", dag=dag)
b = Task(task_id="b", dag=dag)
c = Task(task_id="c", dag=dag)
d = Task(task_id="d", dag=dag)
b << a
c.set_upstream(b)
c.set_downstream([d, a])
chain(d, [a, b], [c, d])
sdk.cross_downstream([a], [d])
"#,
        expect![[r#"
            dag "d"
            #0 a = task in dag 0
                task_id="a"
            #1 b = task in dag 0
                task_id="b"
            #2 c = task in dag 0
                task_id="c"
            #3 d = task in dag 0
                task_id="d"
            #0 >> #1 at a
            #1 >> #2 at b
            #2 >> #3 at [d, a]
            #2 >> #0 at [d, a]
            #3 >> #0 at [a, b]
            #3 >> #1 at [a, b]
            #0 >> #2 at [c, d]
            #1 >> #3 at [c, d]
            #0 >> #3 at [d]
        "#]],
    );
}

#[test]
fn values_are_followed_through_names() {
    check(
        r#"
import os
import task_api_operators.KaapanaTaskOperator as k
PREFIX: str = "my" "-"
common = {"taskTemplate": "t", "env": [{"name": "A", "value": str(5)}]}
IMAGES = dict(a="one")
with DAG("d"):
    a = k.KaapanaTaskOperator(task_id=PREFIX + "a", image=IMAGES["a"], **common)
    b = Task(task_id="{}{name}{{".format(PREFIX, name="b"), image=os.environ["X"] + os.getenv("Y", "z"),
             command=["-".join(["p", "q"]), *["r"]])
    c = Task(task_id="c", image=f"{os.environ.get('X')!r}", resources=None, retries=-1, ui=True)
"#,
        expect![[r#"
            dag "d"
            #0 a = task in dag 0
                task_id="my-a"
                image="one"
                taskTemplate="t"
                env=[{"name": "A", "value": "5"}]
            #1 b = task in dag 0
                task_id="my-b{"
                image="{{ env.X }}{{ env.Y | default('z') }}"
                command=["p-q", "r"]
            #2 c = task in dag 0
                task_id="c"
                image=?(a part of the f-string has a format)
                resources=`None`
                retries=-1
                ui=`True` or `False`
        "#]],
    );
}

#[test]
fn what_depends_on_running_is_named_and_not_guessed() {
    check(
        r#"
import random
with DAG("d"):
    a = Task(task_id="a")
    for i in range(3):
        t = Task(task_id=f"t{i}")
        a >> t
    many = [Task(task_id=x) for x in "abc"]
    if random.random() > 0.5:
        b = Task(task_id="b")
    else:
        b = a
    c = Task(task_id=make(), image=b.image, **load())
    a >> b
    a >> many
    a.env = []
    a.iochannel_maps.append(1)
def make():
    return Task(task_id="m")
"#,
        expect![[r#"
            dag "d"
            #0 a = task in dag 0
                task_id="a"
            #1 c = task in dag 0
                task_id=an undefined name
                image=?(`b` gets its value where a condition decides) and more
            unread `Task(task_id=f"t{i}")`: an operator in a loop: what comes of it is known only when it runs
            unread `a >> t`: an edge in a loop: whether it is there is known only when it runs
            unread `Task(task_id=x)`: an operator in a comprehension: what comes of it is known only when it runs
            unread `Task(task_id="b")`: an operator under a condition: what comes of it is known only when it runs
            unread `Task(task_id=make(), image=b.image, **load())`: some parameters of this operator are unpacked, and not known
            unread `b`: an edge that cannot be read: `b` gets its value where a condition decides
            unread `many`: an edge that cannot be read: it is a comprehension
            unread `a.env`: `a` is changed after it was made: that change is not read
            unread `a.iochannel_maps`: `a` is changed after it was made: that change is not read
            unread `Task(task_id="m")`: an operator in a function: what comes of it is known only when it runs
            undefined make, defined below
            undefined load
        "#]],
    );
}

#[test]
fn undefined_names_are_those_that_nothing_defines() {
    check(
        r#"
try:
    import extra
except ImportError as error:
    extra = None
if (size := len("abc")) > 2:
    print(size, __file__, extra)
def f():
    global made
    made = 1
f()
with DAG("d"), open("x") as file:
    a = Task(task_id="a", image=misspelt, env=file, labels=made.x, pool=size)
a >> bb
del_ = a >> a2
a2 = a
"#,
        expect![[r#"
            dag "d"
            #0 a = task in dag 0
                task_id="a"
                image=an undefined name
                env=?(what `open` returns is known only when it runs)
                labels=?(`made` gets its value when the file runs)
                pool=?(`size` gets its value within a comparison)
            undefined misspelt
            undefined bb
            undefined a2, defined below
        "#]],
    );
}

#[test]
fn star_imports_leave_names_open() {
    check(
        "from constants import *\nwith DAG('d'):\n    a = Task(task_id=NAME)\n",
        expect![[r#"
            dag "d"
            #0 a = task in dag 0
                task_id=?(`NAME` gets its value when the file runs)
        "#]],
    );
}

#[test]
fn decorated_functions_are_dags() {
    check(
        r#"
from airflow.decorators import dag
@dag(dag_id="one", description="First.")
def make_one(x=1):
    a = Task(task_id="a", image=IMAGE, command=[x])
    b = Task(task_id="b", image=nothing)
    a >> b
@dag
def two():
    Task(task_id="c")
IMAGE = "i"
make_one()
"#,
        expect![[r#"
            dag "one"
            dag "two"
            #0 a = task in dag 0
                task_id="a"
                image=?(`IMAGE` gets its value when the file runs)
                command=[?(`x` is a parameter of the function)]
            #1 b = task in dag 0
                task_id="b"
                image=an undefined name
            #2 _ = task in dag 1
                task_id="c"
            #0 >> #1 at b
            undefined nothing
        "#]],
    );
}

#[test]
fn other_operators_and_groups_have_their_places() {
    check(
        r#"
from airflow.utils.task_group import TaskGroup
from kaapana.operators import GetInputOperator
class Mine(Task):
    pass
with DAG("d") as dag:
    get = GetInputOperator(dag=dag)
    with TaskGroup("g") as group:
        a = Task(task_id="a")
    m = Mine(task_id="m")
    get >> a >> m
    group >> m
"#,
        expect![[r##"
            dag "d"
            #0 get = GetInputOperator in dag 0
            #1 a = task in dag 0
                task_id="a"
            #2 m = Mine in dag 0
                task_id="m"
            #0 >> #1 at a
            #1 >> #2 at m
            unread `group`: an edge that cannot be read: it begins or ends at a whole task group
        "##]],
    );
    let read = read_text(
        "from airflow.sdk import TaskGroup\nfrom x import KaapanaTaskOperator\n\
         with TaskGroup('g'), TaskGroup('h', prefix_group_id=False), TaskGroup(group_id='i'):\n  KaapanaTaskOperator()\n",
    );
    assert_eq!(read.nodes[0].prefix, Ok("g.i.".to_owned()));
}

#[test]
fn doubling_names_does_no_harm() {
    let doubled = |first: &str, step: &str| {
        let steps: String = (0..200).map(|_| step).collect();
        format!("{HEAD}a = Task(task_id='a')\nx = {first}\n{steps}a >> x\n")
    };
    for text in [
        doubled("'x'", "x = x + x\n"),
        doubled("'x'", "x = f'{x}{x}'\n"),
        doubled("[a]", "x = x + x\n"),
        doubled("[a]", "x = [*x, *x]\n"),
        doubled("[a]", "x = [x, x]\n"),
        doubled("{}", "x = {'a': x, 'b': x}\n"),
        doubled("{'k': 1}", "x = dict(a=x, b=x)\n"),
    ] {
        let _ = read_text(&text);
    }
    let many = "x = [a]\n".to_owned() + &"x = x + x\n".repeat(13) + &"a >> x\n".repeat(2000);
    let read = read_text(&format!("{HEAD}a = Task(task_id='a')\n{many}"));
    assert!(read.unread.iter().any(|unread| unread.message == "more edges than are read"));
}

proptest::proptest! {
    /// Words of DAG files in any order, and any text.
    #[test]
    fn any_text_is_read(words in proptest::collection::vec(0..WORDS.len(), 0..60), junk in "\\PC{0,20}") {
        let text: String = words.iter().map(|&word| WORDS[word]).collect();
        let _ = told(&text);
        let _ = told(&format!("{HEAD}{text}{junk}"));
    }
}

const WORDS: &[&str] = &[
    "with ",
    "DAG(",
    "Task(",
    "IOMapping(",
    "task_id=",
    "\"a\"",
    "f\"{",
    "}\"",
    " as dag",
    ":\n    ",
    "\n",
    "\n    ",
    ")",
    "]",
    "[",
    ", ",
    " >> ",
    " << ",
    " = ",
    "a",
    "b",
    ".set_upstream(",
    "for a in b",
    "if a",
    "def f(",
    "class C",
    "{",
    "}",
    "*",
    "**",
    "lambda a: ",
    "import a",
    "from b import a",
    "\\",
    "'",
    "\"\"\"",
    "#",
    "@",
    "ä",
    "1",
    "\t",
    ".format(",
    "os.environ[",
    ";",
    "$",
];
