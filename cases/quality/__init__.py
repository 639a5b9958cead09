"""案卷抽检: what is drawn, how a file is scored, who may do what, what the results say."""
