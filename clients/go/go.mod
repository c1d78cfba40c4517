module github.com/masquerade/masquerade/clients/go

go 1.24

require google.golang.org/protobuf v1.36.12

tool google.golang.org/protobuf/cmd/protoc-gen-go
