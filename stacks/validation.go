package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// validationReport is what CDK's own validator writes beside the templates, where it is switched on.
type validationReport struct {
	PluginReports []struct {
		PluginName string `json:"pluginName"`
		Conclusion string `json:"conclusion"`
		Violations []struct {
			RuleName            string `json:"ruleName"`
			Description         string `json:"description"`
			Severity            string `json:"severity"`
			ViolatingConstructs []struct {
				ConstructPath string `json:"constructPath"`
			} `json:"violatingConstructs"`
		} `json:"violations"`
	} `json:"pluginReports"`
}

// validated returns what CDK's validator found in an assembly, nil where it did not run (CDK_VALIDATION=false). A warning is a
// fault too: the construct that means it acknowledges it.
func validated(dir string) error {
	path := filepath.Join(dir, "validation-report.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var report validationReport
	if err := json.Unmarshal(text, &report); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	var faults []error
	for _, plugin := range report.PluginReports {
		before := len(faults)
		for _, v := range plugin.Violations {
			if v.Severity == "info" {
				continue
			}
			for _, c := range v.ViolatingConstructs {
				faults = append(faults, fmt.Errorf("%s: %s %s (%s)", c.ConstructPath, v.RuleName, v.Description, plugin.PluginName))
			}
		}
		if len(faults) == before && plugin.Conclusion != "success" {
			faults = append(faults, fmt.Errorf("%s: %s", plugin.PluginName, plugin.Conclusion))
		}
	}
	return errors.Join(faults...)
}
