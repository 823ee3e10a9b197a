# shellcheck shell=bash
# The data set that the stack loads, generated: the same bytes on every machine.

DATA_FILE=$ROOT/data/raw/healthcare_dataset.csv

data_state() {
  if [[ ! -s $DATA_FILE ]]; then
    echo "no data set in data/raw" && return 1
  elif [[ -n $(find "$ROOT/stack/data" -newer "$DATA_FILE" -print -quit) ]]; then
    echo "the data set is older than its generator" && return 1
  fi
  echo "data/raw/healthcare_dataset.csv"
}

data_install() {
  step "generating the data set: 55,500 rows, 534 of them duplicates"
  # These folders are mounted in a container: made here, they belong to whoever runs this.
  mkdir -p "$ROOT"/data/{raw,processed,logs}
  node "$ROOT/stack/data/generate.mjs" --out "$DATA_FILE" 9>&-
}
