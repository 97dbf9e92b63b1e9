package config

import (
	"errors"
	"time"
)

// Load reads one environment and its partners.
func Load(root, env string, today time.Time) (Environment, error) {
	return Environment{}, errors.ErrUnsupported
}

// Environments lists the environments under root, by name.
func Environments(root string) ([]string, error) { return nil, errors.ErrUnsupported }
