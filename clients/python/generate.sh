#!/usr/bin/env bash
# Writes src/masquerade/v1 from the published schema. usage: PYTHON=path/to/python generate.sh   (a Python with grpcio-tools)
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
proto="$here/../../packages/adapter-protobuf/proto"
"${PYTHON:-python3}" -m grpc_tools.protoc -I "$proto" --python_out="$here/src" masquerade/v1/{dtype,file,blocks}.proto
