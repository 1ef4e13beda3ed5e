#!/bin/sh
# Runs one target: fuzz/run.sh TARGET [SECONDS] [LIBFUZZER ARGUMENTS]
set -eu
cd "$(dirname "$0")"
target=${1:?"parse or check"}
seconds=${2:-600}
shift $(($# > 1 ? 2 : 1))

seeds=seeds/$target
mkdir -p "$seeds" "corpus/$target"
find ../tests/fixtures -name '*.json' | while read -r file; do
    seed=$seeds/$(echo "$file" | cksum | cut -d' ' -f1)
    # The first byte of a `check` input chooses the options; `@` finds kind and version out.
    if [ "$target" = check ]; then
        { printf '@'; cat "$file"; } > "$seed"
    else
        cp "$file" "$seed"
    fi
done
# There is no unsafe code, so a sanitizer would only cost time.
exec "${CARGO_FUZZ:-cargo-fuzz}" run --sanitizer none "$target" "corpus/$target" "$seeds" -- \
    -dict=json.dict -max_len=4096 -max_total_time="$seconds" "$@"
