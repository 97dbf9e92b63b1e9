package config

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withPartners is the base with so many partners more, each with a certificate, addresses and a domain of its own.
func withPartners(t testing.TB, count int) fstest.MapFS {
	files := base(t)
	template := string(files["test/partners/acme.yaml"].Data)
	for i := range count {
		id := fmt.Sprintf("partner-%04d", i)
		block := netip.PrefixFrom(netip.AddrFrom4([4]byte{8, byte(i >> 8), byte(i), 0}), 24)
		put(files, "partners/"+id+".yaml", []byte(strings.NewReplacer(
			"acme", id, "198.51.100.0/26", block.String(), "2001:db8:ac0e::", fmt.Sprintf("2600:%x::", i)).Replace(template)))
		put(files, "partners/"+id+".csr.pem", csr(id, must(newKey())))
	}
	return files
}

// seconds is ten times what an idle machine takes: what is beyond grows with the square, or hangs.
const seconds = 5 * time.Second

func TestAThousandPartnersLoadInSeconds(t *testing.T) {
	files := withPartners(t, 1000)
	assert.Less(t, quickest(t, files), seconds)
	e, err := load(files, "envs", "test", DateOf(today))
	require.NoError(t, err)
	assert.Len(t, e.Partners, 1002)
}

// quickest is the best time of five to load: a busy machine slows some of them, a defect all.
func quickest(t *testing.T, files fstest.MapFS) time.Duration {
	best := time.Hour
	for range 5 {
		begin := time.Now()
		_, err := load(files, "envs", "test", DateOf(today))
		require.NoError(t, err)
		best = min(best, time.Since(begin))
	}
	return best
}

func TestTheTimeToLoadGrowsWithThePartnersAndNotWithTheirSquare(t *testing.T) {
	few, many := withPartners(t, 100), withPartners(t, 800)
	assert.Less(t, quickest(t, many), 8*3*quickest(t, few), "eight times the partners may take eight times as long, three times that at worst on a busy machine")
}

func TestALongAllowListLoadsInSeconds(t *testing.T) {
	files := base(t)
	var blocks strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&blocks, "- 8.%d.%d.%d/32\n", i>>12, i>>4&255, i&15*16)
	}
	replace(t, files, "partners/acme.yaml", "- 198.51.100.0/26\n", blocks.String())
	assert.Less(t, quickest(t, files), seconds)
}

func BenchmarkLoad(b *testing.B) {
	for _, count := range []int{1, 10, 100, 1000} {
		files := withPartners(b, count)
		b.Run(fmt.Sprintf("partners=%d", count), func(b *testing.B) {
			for b.Loop() {
				if _, err := load(files, "envs", "test", DateOf(today)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
