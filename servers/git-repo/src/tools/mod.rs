//! One module for each tool.

mod git_add;
mod git_branch;
mod git_checkout;
mod git_commit;
mod git_create_branch;
mod git_diff;
mod git_diff_staged;
mod git_diff_unstaged;
mod git_log;
mod git_reset;
mod git_show;
mod git_status;
