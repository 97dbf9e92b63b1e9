package template

import (
	"math/big"
	"net/netip"
	"strconv"
)

// cidr returns Fn::Cidr: as many blocks as asked for, each with so many host bits, from the start of a block.
func cidr(_ *resolver, _ *Stack, arg any) any {
	parts, _ := arg.([]any)
	if len(parts) != 3 {
		return because("Fn::Cidr takes a block, a count and the host bits", arg)
	}
	if u := firstUnknown(parts); u != nil {
		return u
	}
	text, _ := textOf(parts[0])
	block, err := netip.ParsePrefix(text)
	if err != nil || block != block.Masked() {
		return unknown("Fn::Cidr: %q is no address block", text)
	}
	count, bits := number(parts[1]), number(parts[2])
	size := block.Addr().BitLen()
	room := size - bits - block.Bits()
	if count < 1 || count > 256 || bits < 1 || bits > size || room < 0 || (room < 9 && count > 1<<room) {
		return unknown("Fn::Cidr: %d blocks of %d host bits do not fit %s", count, bits, block)
	}
	list := make([]any, count)
	for i := range list {
		list[i] = nthBlock(block.Addr(), i, bits)
	}
	return list
}

func nthBlock(start netip.Addr, n, hostBits int) string {
	at := new(big.Int).SetBytes(start.AsSlice())
	at.Add(at, new(big.Int).Lsh(big.NewInt(int64(n)), uint(hostBits)))
	raw := at.FillBytes(make([]byte, start.BitLen()/8))
	addr, _ := netip.AddrFromSlice(raw)
	return addr.String() + "/" + strconv.Itoa(start.BitLen()-hostBits)
}

func number(x any) int {
	n, ok := Of(x).Int()
	if !ok {
		return -1
	}
	return n
}
