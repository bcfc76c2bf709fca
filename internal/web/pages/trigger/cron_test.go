package trigger

import "testing"

// A common schedule is read back as it was chosen, and any other stays an expression.
func TestCommonSchedules(t *testing.T) {
	for cron, want := range map[string]string{
		"*/15 * * * *": "minutes", "5 */6 * * *": "hours", "30 * * * *": "hourly", "0 9 * * *": "daily",
		"5 7 * * 1-5": "weekdays", "0 9 * * 0": "weekly", "0 9 31 * *": "monthly",
		"*/7 * * * *": "", "0 9 * * 8": "", "0 9 * * MON": "", "0 9,10 * * *": "", "0 9 1 1 *": "", "0 25 * * *": "",
		"00 9 * * *": "", "": "", "@daily": "",
	} {
		s := scheduleOf(cron)
		if s.Repeat != want {
			t.Errorf("%q is %q", cron, s.Repeat)
		}
		if cron == "5 7 * * 1-5" && s != (schedule{"weekdays", 15, "07:05", "1", 1}) {
			t.Errorf("what it does not say: %+v", s)
		}
		if written, problem := s.cron(); want != "" && (written != cron || problem != "") {
			t.Errorf("%q became %q, %s", cron, written, problem)
		}
	}
	for _, s := range []schedule{
		{Repeat: "daily", Time: "25:00"}, {Repeat: "daily"}, {Repeat: "minutes", Every: 7}, {Repeat: "hours", Every: 5, Time: "9"},
		{Repeat: "monthly", Time: "9:00", Day: 32},
	} {
		if cron, problem := s.cron(); problem == "" {
			t.Errorf("%+v is %q", s, cron)
		}
	}
}
