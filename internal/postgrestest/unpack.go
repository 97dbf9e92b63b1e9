package postgrestest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ulikunitz/xz"
)

// unpackServer takes the one archive of the jar.
func unpackServer(folder string, jar []byte) error {
	files, err := zip.NewReader(bytes.NewReader(jar), int64(len(jar)))
	if err != nil {
		return err
	}
	for _, f := range files.File {
		if strings.HasSuffix(f.Name, ".txz") {
			archive, err := f.Open()
			if err != nil {
				return err
			}
			defer archive.Close()
			return unpackTar(folder, archive, func(name string) string { return name })
		}
	}
	return errors.New("no .txz is in it")
}

// unpackPgaudit takes the extension of the package, and has a database's owner create it as RDS lets its master
// ("Using pgAudit to log database activity"); elsewhere only a superuser may.
func unpackPgaudit(folder string, deb []byte) error {
	archive, err := member(deb, "data.tar.xz")
	if err != nil {
		return err
	}
	err = unpackTar(folder, archive, func(name string) string {
		switch {
		case strings.HasSuffix(name, "/pgaudit.so"):
			return "lib/postgresql/pgaudit.so"
		case strings.Contains(name, "/extension/"):
			return "share/postgresql/extension/" + path.Base(name)
		}
		return ""
	})
	if err != nil {
		return err
	}
	control, err := os.OpenFile(filepath.Join(folder, "share/postgresql/extension/pgaudit.control"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = control.WriteString("trusted = true\n")
	return errors.Join(err, control.Close())
}

// member is a file of a Debian package, which is an archive of ar: a header of 60 bytes before each file, whose length is even.
func member(deb []byte, name string) (io.Reader, error) {
	const magic, header = "!<arch>\n", 60
	rest, is := bytes.CutPrefix(deb, []byte(magic))
	for is && len(rest) >= header {
		var size int
		if _, err := fmt.Sscanf(string(rest[48:58]), "%d", &size); err != nil || size < 0 || size > len(rest)-header {
			break
		}
		if strings.TrimRight(string(rest[:16]), " /") == name {
			return bytes.NewReader(rest[header : header+size]), nil
		}
		rest = rest[min(header+size+size%2, len(rest)):]
	}
	return nil, fmt.Errorf("no %s is in it", name)
}

// unpackTar writes the files of an archive to where they belong; "" is nowhere.
func unpackTar(folder string, compressed io.Reader, to func(name string) string) error {
	plain, err := xz.NewReader(compressed)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	for archive := tar.NewReader(plain); ; {
		entry, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if name := path.Clean(to(entry.Name)); name != "." {
			if err := write(root, name, entry, archive); err != nil {
				return err
			}
		}
	}
}

func write(root *os.Root, name string, entry *tar.Header, content io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	switch entry.Typeflag {
	case tar.TypeSymlink:
		return root.Symlink(entry.Linkname, name)
	case tar.TypeReg:
		f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, os.FileMode(entry.Mode).Perm()|0o444)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, content)
		return errors.Join(err, f.Close())
	}
	return nil
}
