#!/bin/sh
# Runs one target: fuzz/run.sh TARGET [SECONDS] [LIBFUZZER ARGUMENTS]
set -eu
cd "$(dirname "$0")"
target=${1:?"parse, check, fix, fmt, migrate or render"}
seconds=${2:-600}
shift $(($# > 1 ? 2 : 1))

seeds=seeds/$target
mkdir -p "$seeds" "corpus/$target"
find ../tests/fixtures -name '*.json' | while read -r file; do
    seed=$seeds/$(echo "$file" | cksum | cut -d' ' -f1)
    # What stands before the text chooses options (`@` finds kind and version out) and, but for
    # `parse` and `check`, that the rest is the text itself.
    case $target in
        parse) cp "$file" "$seed" ;;
        check) { printf '@'; cat "$file"; } > "$seed" ;;
        fix | migrate) { printf '@@'; cat "$file"; } > "$seed" ;;
        *) { printf '@'; cat "$file"; } > "$seed" ;;
    esac
done
# Bytes that change a seed's tree; see structured.rs.
case $target in
    fix | fmt | migrate | render)
        index=0
        while [ $index -lt 120 ]; do
            octal=$(printf '%03o' $index)
            { [ "$target" = fmt ] || [ "$target" = render ] || printf '@'; printf "A\\$octal"; printf 'abcdefgh'; } > "$seeds/tree-$index"
            index=$((index + 1))
        done ;;
esac
# There is no unsafe code, so a sanitizer would only cost time.
exec "${CARGO_FUZZ:-cargo-fuzz}" run --sanitizer none "$target" "corpus/$target" "$seeds" -- \
    -dict=json.dict -max_len=4096 -max_total_time="$seconds" "$@"
