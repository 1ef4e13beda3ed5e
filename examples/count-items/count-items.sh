# Two uses of one container; the first argument names it. Every program is one of busybox.
# It runs as any user, and writes nowhere but into its output channel.

set -u
bb=/bin/busybox

fail() {
    echo "error: $*" >&2
    exit 2
}

# Input /data/notes: <item>/note.txt.  Output /data/items: <item>/$RESULT_FILE.
write_items() {
    case "$MAXIMUM_LINES" in
        '' | *[!0-9]*) fail "MAXIMUM_LINES is \"$MAXIMUM_LINES\", not a whole number" ;;
    esac
    items=0
    for item in /data/notes/*/; do
        [ -d "$item" ] || fail "the channel \"notes\" has no items"
        name=$($bb basename "$item")
        [ -s "${item}note.txt" ] || fail "item \"$name\" of the channel \"notes\" has no note.txt, or an empty one"
        $bb mkdir -p "/data/items/$name" || exit 1
        $bb cat "${item}note.txt" | without_empty_lines | in_letter_case | $bb head -n "$MAXIMUM_LINES" \
            > "/data/items/$name/$RESULT_FILE" || exit 1
        echo "wrote item \"$name\""
        items=$((items + 1))
    done
    echo "$items items"
}

without_empty_lines() {
    if [ "$SKIP_EMPTY_LINES" = true ]; then $bb grep -v '^[[:space:]]*$'; else $bb cat; fi
}

in_letter_case() {
    case "$LETTER_CASE" in
        upper) $bb tr '[:lower:]' '[:upper:]' ;;
        lower) $bb tr '[:upper:]' '[:lower:]' ;;
        *) $bb cat ;;
    esac
}

# Input /data/items: <item>/lines.txt.  Output /data/counts, one item for all: summary/counts.csv.
count_items() {
    case "$UNIT" in
        lines) option=-l ;;
        words) option=-w ;;
        bytes) option=-c ;;
        *) fail "UNIT is \"$UNIT\", not lines, words or bytes" ;;
    esac
    table="item,$UNIT"
    for item in /data/items/*/; do
        [ -d "$item" ] || fail "the channel \"items\" has no items"
        name=$($bb basename "$item")
        file="${item}lines.txt"
        [ -e "$file" ] || fail "item \"$name\" of the channel \"items\" has no lines.txt"
        [ -s "$file" ] || fail "item \"$name\" of the channel \"items\" has an empty lines.txt"
        count=$($bb wc "$option" < "$file") || exit 1
        [ "$count" -ge "$MINIMUM" ] || fail "item \"$name\" has $count $UNIT, fewer than MINIMUM=$MINIMUM"
        table="$table
$name,$count"
    done
    $bb mkdir -p /data/counts/summary || exit 1
    echo "$table" > /data/counts/summary/counts.csv || exit 1
    echo "$table"
}

case "${1:-}" in
    write-items) write_items ;;
    count-items) count_items ;;
    *) fail "the first argument is \"${1:-}\", not write-items or count-items" ;;
esac
