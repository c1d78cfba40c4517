#!/usr/bin/env bash
# Writes masqueradev1/*.pb.go from the published schema. usage: generate.sh [TARGET]
# Needs protoc (PROTOC="python -m grpc_tools.protoc" will do) and Go; protoc-gen-go is the version that go.mod pins.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
target="${1:-$here}"
proto="$here/../../packages/adapter-protobuf/proto"
module="github.com/masquerade/masquerade/clients/go"
plugin="$(mktemp -d)"
trap 'rm -rf "$plugin"' EXIT
(cd "$here" && go build -o "$plugin/protoc-gen-go" google.golang.org/protobuf/cmd/protoc-gen-go)
# shellcheck disable=SC2086  # PROTOC may be several words
${PROTOC:-protoc} -I "$proto" --plugin="protoc-gen-go=$plugin/protoc-gen-go" --go_out="$target" --go_opt="module=$module" \
  masquerade/v1/dtype.proto masquerade/v1/file.proto masquerade/v1/blocks.proto
# The one line that says which protoc it was.
sed -i '/^\/\/ \tprotoc  /d' "$target"/masqueradev1/*.pb.go
