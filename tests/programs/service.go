// SPDX-License-Identifier: MIT
// A Go service with net/http/pprof, for tests that compare cinstr's server with it. Prints its address.
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	panic(http.Serve(listener, nil))
}
