package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"livechat.example/cloud/internal/master"
)

// password is that of the database's master, with where the database is. The server is told by the master itself.
type password struct {
	ca string // see master.Server
}

// access is a value of the secret.
type access struct {
	Username string `json:"username"`
	Password string `json:"password"`
	Host     string `json:"host"`
	Port     uint16 `json:"port"`
	Database string `json:"dbname"`
}

// parse reads a value. What is none is not repeated in the error: it may be the password itself.
func parse(value string) (access, error) {
	var a access
	if json.Unmarshal([]byte(value), &a) != nil || a.Username == "" || len(a.Password) < 20 || a.Host == "" || a.Port == 0 || a.Database == "" {
		return a, errors.New("the value is no object with username, password, host, port and dbname")
	}
	return a, nil
}

// next changes nothing but the password.
func (password) next(current string) (string, error) {
	a, err := parse(current)
	if err != nil {
		return "", err
	}
	a.Password = rand.Text() + rand.Text() // five bits a letter: 260
	text, err := json.Marshal(a)
	return string(text), err
}

// set has the server know the pending password, and no other. At each moment the password that the server has is that of a labelled
// version, and of one that no other rotation takes the label from: whatever becomes of this rotation, the next gets in.
func (p password) set(ctx context.Context, r rotation) error {
	pending, err := p.pending(ctx, r)
	if err != nil {
		return err
	}
	conn, known, err := p.enter(ctx, r, pending)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if known == r.version {
		return nil // an earlier call told it
	}
	if err := r.label(ctx, master.Known, known); err != nil {
		return err
	}
	if err := r.label(ctx, master.Told, r.version); err != nil {
		return err
	}
	verifier, err := scram(pending.Password)
	if err != nil {
		return err
	}
	_, err = conn.PgConn().Exec(ctx, "ALTER ROLE "+pgx.Identifier{pending.Username}.Sanitize()+" PASSWORD '"+verifier+"'").ReadAll()
	return err
}

// enter logs in with whichever password the server knows, and says which version's that is.
func (p password) enter(ctx context.Context, r rotation, pending access) (*pgx.Conn, string, error) {
	conn, err := p.login(ctx, pending)
	if err == nil || !master.WrongPassword(err) {
		return conn, r.version, err
	}
	for _, label := range []string{master.Current, master.Told, master.Known, master.Previous} {
		version := r.labelled(label)
		if version == "" {
			continue
		}
		value, fault := r.value(ctx, label)
		if fault != nil {
			return nil, "", fmt.Errorf("%s: %w", label, fault)
		}
		known, fault := parse(value)
		if fault != nil {
			return nil, "", fmt.Errorf("%s: %w", label, fault)
		}
		// It says where the server was when it was made.
		known.Host, known.Port, known.Database = pending.Host, pending.Port, pending.Database
		if conn, err = p.login(ctx, known); err == nil || !master.WrongPassword(err) {
			return conn, version, err
		}
	}
	return nil, "", err
}

// test logs in with the pending password. A version that Secrets Manager only tries the function with was told to nobody, and the database
// may not be there yet.
func (p password) test(ctx context.Context, r rotation) error {
	pending, err := p.pending(ctx, r)
	if err != nil {
		return err
	}
	if unchanged, err := r.unchanged(ctx); unchanged || err != nil {
		return err
	}
	conn, err := p.login(ctx, pending)
	if err != nil {
		return err
	}
	return conn.Close(context.WithoutCancel(ctx))
}

// pending is the pending value, which must lead to where the current one does.
func (password) pending(ctx context.Context, r rotation) (access, error) {
	value, err := r.pending(ctx)
	if err != nil {
		return access{}, err
	}
	pending, err := parse(value)
	if err != nil {
		return access{}, err
	}
	if value, err = r.value(ctx, master.Current); err != nil {
		return access{}, err
	}
	current, err := parse(value)
	if err != nil {
		return access{}, err
	}
	current.Password = pending.Password
	if pending != current {
		return access{}, errors.New("the pending value is for another user or server than the current one")
	}
	return pending, nil
}

func (p password) login(ctx context.Context, a access) (*pgx.Conn, error) {
	server := master.Server{Host: a.Host, Port: a.Port, Database: a.Database, CA: p.ca}
	trust, err := server.Trust(ctx)
	if err != nil {
		return nil, err
	}
	return server.Connect(ctx, master.Login{Username: a.Username, Password: a.Password}, trust, "rotator")
}
